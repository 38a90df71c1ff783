using System.Text;

namespace Glasswright.Kernels.Formats;

/// <summary>
/// Turns the types and element names that stand beside the atoms of a frame into species. Elements are taken from the given
/// list if there is one; else, in files without types, they are ordered by name, so that frames of one run agree whatever
/// the order of their atoms.
/// </summary>
internal sealed class SpeciesColumn
{
    private readonly LineReader _reader;
    private readonly IReadOnlyList<string>? _given;
    private readonly List<byte[]> _texts = [];
    private readonly List<string> _names = [];
    private bool _byElement;

    /// <summary>Begins a frame.</summary>
    public SpeciesColumn(LineReader reader, IReadOnlyList<string>? given)
    {
        _reader = reader;
        _given = given;
        foreach (string name in given ?? [])
        {
            _names.Add(name);
            _texts.Add(Encoding.UTF8.GetBytes(name));
        }
    }

    /// <summary>The species of an atom that is described by its element alone.</summary>
    /// <exception cref="InputException">It is not among the given ones.</exception>
    public int ByElement(ReadOnlySpan<byte> element)
    {
        _byElement = true;
        for (int i = 0; i < _texts.Count; i++)
        {
            if (element.SequenceEqual(_texts[i]))
            {
                return i;
            }
        }

        string name = Encoding.UTF8.GetString(element);
        if (_given is not null)
        {
            return SpeciesList.IndexOf(name, _given, _reader);
        }

        RequireRoom(_names.Count + 1);
        _names.Add(name);
        _texts.Add(element.ToArray());
        return _names.Count - 1;
    }

    /// <summary>The species of an atom of a numbered type, from 1.</summary>
    /// <param name="type">The type.</param>
    /// <param name="element">The element, or empty if the file does not tell.</param>
    /// <exception cref="InputException">The type is out of range, or has another element elsewhere.</exception>
    public int ByType(ReadOnlySpan<byte> type, ReadOnlySpan<byte> element)
    {
        long number = _reader.Whole(type, "the type");
        long most = _given?.Count ?? SpeciesList.MostTypes;
        if (number < 1 || number > most)
        {
            throw _reader.Error(
                "the type is out of range", _given is null ? $"1 to {most}" : $"1 to {most}, as --species names", LineReader.Quote(type));
        }

        int species = (int)number - 1;
        while (_names.Count <= species)
        {
            _names.Add("");
            _texts.Add([]);
        }

        if (!element.IsEmpty && !element.SequenceEqual(_texts[species]))
        {
            if (_texts[species].Length > 0)
            {
                throw _reader.Error($"type {number} has another element elsewhere", $"'{_names[species]}'", LineReader.Quote(element));
            }

            _names[species] = Encoding.UTF8.GetString(element);
            _texts[species] = element.ToArray();
        }

        return species;
    }

    /// <summary>Ends a frame: the names, after the species of the atoms were put in their final order.</summary>
    public IReadOnlyList<string> Finish(int[] species)
    {
        if (!_byElement || _given is not null)
        {
            return [.. _names];
        }

        string[] sorted = [.. _names.Order(StringComparer.Ordinal)];
        int[] place = [.. _names.Select(name => Array.IndexOf(sorted, name))];
        for (int i = 0; i < species.Length; i++)
        {
            species[i] = place[species[i]];
        }

        return sorted;
    }

    private void RequireRoom(int count)
    {
        if (count > SpeciesList.MostTypes)
        {
            throw _reader.Error("there are too many different species", $"at most {SpeciesList.MostTypes}");
        }
    }
}
