using System.Globalization;
using System.Text;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Kernels.Formats;

/// <summary>Reads one setfl file; see <see cref="SetflFile"/> for the format.</summary>
internal sealed class SetflParser
{
    private const int CommentLines = 3;
    private const int MostElements = 118;

    /// <summary>Cubic interpolation takes slopes from five points.</summary>
    private const int FewestPoints = 5;

    private readonly byte[] _bytes;
    private readonly LineReader _reader;
    private string[] _elements = [];
    private int _densityPoints;
    private int _radiusPoints;
    private double _densityStep;
    private double _radiusStep;
    private double _cutoff;

    /// <summary>Prepares to read the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="reader">A reader over the same bytes, at their beginning; it stays the caller's.</param>
    public SetflParser(byte[] bytes, LineReader reader)
    {
        _bytes = bytes;
        _reader = reader;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InputException">It is not a setfl file as described.</exception>
    public EamTables Parse(string sha256)
    {
        for (int i = 0; i < CommentLines; i++)
        {
            _reader.Require("three comment lines, then 'Nel El1 El2 …'");
        }

        ParseElements();
        ParseGrid();
        bool? perReceiver = TellByCount();
        int elements = _elements.Length;
        double[] masses = new double[elements];
        double[][] embedding = new double[elements][];
        double[][][] density = new double[elements][][];
        for (int i = 0; i < elements; i++)
        {
            masses[i] = ParseElementLine(_elements[i]);
            embedding[i] = ParseArray(_densityPoints, $"F(ρ) of {_elements[i]}");
            density[i] = new double[elements][];
            density[i][0] = ParseArray(_radiusPoints, $"the density of {_elements[i]}");
            perReceiver ??= IsArrayNext();
            for (int j = 1; j < elements; j++)
            {
                density[i][j] = perReceiver.Value ? ParseArray(_radiusPoints, $"the density of {_elements[i]} at {_elements[j]}") : density[i][0];
            }
        }

        double[][][] pair = new double[elements][][];
        for (int i = 0; i < elements; i++)
        {
            pair[i] = new double[elements][];
            for (int j = 0; j <= i; j++)
            {
                pair[i][j] = ParseArray(_radiusPoints, $"r·φ of {_elements[i]}-{_elements[j]}");
                pair[j][i] = pair[i][j];
            }
        }

        RequireEnd();
        return new EamTables
        {
            Elements = _elements,
            Masses = masses,
            DensityStep = _densityStep,
            RadiusStep = _radiusStep,
            Cutoff = _cutoff,
            Embedding = embedding,
            Density = density,
            RadiusTimesPair = pair,
            IsFinnisSinclair = elements > 1 && perReceiver == true,
            Sha256 = sha256,
        };
    }

    private void ParseElements()
    {
        const string Form = "'Nel El1 El2 …', the number of elements and their names";
        _reader.Require(Form);
        Tokens tokens = new(Tokens.BeforeComment(_reader.Current));
        if (!tokens.Next(out ReadOnlySpan<byte> token))
        {
            throw _reader.Error("the line of the elements is empty", Form);
        }

        long count = _reader.Whole(token, "the number of elements");
        if (count is < 1 or > MostElements)
        {
            throw _reader.Error("the number of elements is out of range", $"1 to {MostElements}", LineReader.Quote(token));
        }

        List<string> names = [];
        while (tokens.Next(out token))
        {
            string name = Encoding.UTF8.GetString(token);
            if (names.Contains(name))
            {
                throw _reader.Error("an element is listed twice", "every element once", LineReader.Quote(token));
            }

            names.Add(name);
        }

        if (names.Count != count)
        {
            throw _reader.Error("the number of elements and their names disagree", $"{count} names", $"{names.Count}");
        }

        _elements = [.. names];
    }

    private void ParseGrid()
    {
        const string Form = "'Nrho drho Nr dr cutoff'";
        _reader.Require(Form);
        ReadOnlySpan<byte> line = Tokens.BeforeComment(_reader.Current);
        if (Tokens.Count(line) != 5)
        {
            throw _reader.Error("the line of the grid does not hold five values", Form, LineReader.Quote(line));
        }

        Tokens tokens = new(line);
        _densityPoints = ParsePoints(ref tokens, "Nrho");
        _densityStep = ParsePositive(ref tokens, "drho");
        _radiusPoints = ParsePoints(ref tokens, "Nr");
        _radiusStep = ParsePositive(ref tokens, "dr");
        _cutoff = ParsePositive(ref tokens, "the cutoff");
    }

    private int ParsePoints(ref Tokens tokens, string what)
    {
        tokens.Next(out ReadOnlySpan<byte> token);
        long points = _reader.Whole(token, what);

        // A value takes two bytes at least; a count beyond the file is refused before anything is allocated for it.
        long most = _bytes.Length / 2;
        if (points < FewestPoints)
        {
            throw _reader.Error($"{what} is too small", $"at least {FewestPoints} points", LineReader.Quote(token));
        }

        return points <= most
            ? (int)points
            : throw _reader.Error($"{what} is larger than the file can hold", $"at most {most}", LineReader.Quote(token));
    }

    private double ParsePositive(ref Tokens tokens, string what)
    {
        tokens.Next(out ReadOnlySpan<byte> token);
        double value = _reader.Finite(token, what);
        return value > 0 ? value : throw _reader.Error($"{what} is not positive", "a positive number", LineReader.Quote(token));
    }

    /// <summary>
    /// Tells <c>fs</c> (true) from <c>alloy</c> (false) by the number of values that follow; null for a file that fits neither.
    /// The last word of an element's line, the lattice, may be absent.
    /// </summary>
    private bool? TellByCount()
    {
        long elements = _elements.Length;
        long pairs = elements * (elements + 1) / 2 * _radiusPoints;
        long alloy = (elements * (_densityPoints + (long)_radiusPoints + 4)) + pairs;
        long finnisSinclair = (elements * (_densityPoints + (elements * _radiusPoints) + 4)) + pairs;
        if (2 * alloy > _bytes.Length)
        {
            throw _reader.Error("the grid announces more values than the file can hold", $"a file of {2 * alloy} bytes or more", $"{_bytes.Length} bytes");
        }

        long present = CountValues();
        return present <= alloy && present >= alloy - elements ? false
            : present <= finnisSinclair && present >= finnisSinclair - elements ? true
            : null;
    }

    /// <summary>
    /// For a file whose values are too many or too few, so that the complaint fits its format: whether another array of numbers
    /// follows the first density, and not the line of an element.
    /// </summary>
    private bool IsArrayNext()
    {
        if (!_reader.MoveToContent())
        {
            return true;
        }

        Tokens tokens = new(Tokens.BeforeComment(_reader.Current));
        _reader.StepBack();
        return tokens.Next(out ReadOnlySpan<byte> token) && !long.TryParse(token, CultureInfo.InvariantCulture, out _);
    }

    private long CountValues()
    {
        using LineReader counter = new(new MemoryStream(_bytes), _reader.Name);
        long present = 0;
        while (counter.MoveNext())
        {
            present += counter.Line > _reader.Line ? Tokens.Count(Tokens.BeforeComment(counter.Current)) : 0;
        }

        return present;
    }

    private double ParseElementLine(string element)
    {
        string form = $"'Z mass a lattice' of {element}";
        RequireContent(form);
        ReadOnlySpan<byte> line = Tokens.BeforeComment(_reader.Current);
        if (Tokens.Count(line) is not (3 or 4))
        {
            throw _reader.Error("the line of an element does not hold four values", form, LineReader.Quote(line));
        }

        Tokens tokens = new(line);
        tokens.Next(out ReadOnlySpan<byte> token);
        _reader.Whole(token, $"the atomic number of {element}");
        double mass = ParsePositive(ref tokens, $"the mass of {element}");
        tokens.Next(out token);
        _reader.Finite(token, $"the lattice constant of {element}");
        return mass;
    }

    private double[] ParseArray(int count, string what)
    {
        double[] values = new double[count];
        int have = 0;
        while (have < count)
        {
            if (!_reader.MoveToContent())
            {
                throw _reader.Error($"the file ends inside {what}", $"{count} values", $"{have}");
            }

            Tokens tokens = new(Tokens.BeforeComment(_reader.Current));
            while (tokens.Next(out ReadOnlySpan<byte> token))
            {
                if (have == count)
                {
                    throw _reader.Error(
                        $"{what} does not end with its line", $"{count} values and then a new line", $"{LineReader.Quote(token)} as one more");
                }

                values[have++] = _reader.Finite(token, what);
            }
        }

        return values;
    }

    private void RequireContent(string expected)
    {
        do
        {
            if (!_reader.MoveToContent())
            {
                throw _reader.Ended(expected);
            }
        }
        while (Tokens.Count(Tokens.BeforeComment(_reader.Current)) == 0);
    }

    private void RequireEnd()
    {
        while (_reader.MoveToContent())
        {
            ReadOnlySpan<byte> rest = Tokens.BeforeComment(_reader.Current);
            if (Tokens.Count(rest) > 0)
            {
                throw _reader.Error("there is more after the last table", "the end of the file", LineReader.Quote(rest));
            }
        }
    }
}
