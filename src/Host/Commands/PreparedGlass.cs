using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Host.Output;
using Glasswright.Kernels;
using Glasswright.Kernels.Devices;
using Glasswright.Kernels.Dynamics;
using Glasswright.Kernels.Potentials;

namespace Glasswright.Host.Commands;

/// <summary>One glass that <c>prepare</c> makes: how, where, and what came of it.</summary>
/// <param name="seed">Key of its random numbers.</param>
/// <param name="work">How it is made.</param>
/// <param name="files">Where it goes.</param>
/// <param name="method">How it is made, told with it.</param>
internal sealed class PreparedGlass(ulong seed, SamplePreparation work, SampleFiles files, Report method)
{
    /// <summary>Key of its random numbers.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>How it is made.</summary>
    public SamplePreparation Work { get; } = work;

    /// <summary>Where it goes.</summary>
    public SampleFiles Files { get; } = files;

    /// <summary>How it is made, in words that its summary carries: the folder's <c>prepare.json</c> tells of the last command only.</summary>
    public Report Method { get; } = method;

    /// <summary>SHA-256 of all that the answer depends on.</summary>
    public string Key { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(work.Identity)));

    /// <summary>What came of it; null while it is not finished. Written by the thread that makes it, read after all have ended.</summary>
    public JsonElement? Summary { get; set; }

    /// <summary>The glasses of a command in the order of seeds, with what is finished already.</summary>
    /// <exception cref="InputException">A glass of this name was made by other settings, or the method cannot be used.</exception>
    public static PreparedGlass[] All(
        PrepareSettings settings, PreparationSettings method, EamTables tables, string potential, string folder, ComputeDevice? device)
    {
        var glasses = new PreparedGlass[settings.Samples];
        string numerics = RunNumerics.Of(device);
        string name = FormattableString.Invariant($"{method.Composition.Text.ToLowerInvariant()}-{method.Atoms}");
        for (int k = 0; k < glasses.Length; k++)
        {
            ulong seed = unchecked(settings.Seed + (ulong)k);
            var files = new SampleFiles(folder, FormattableString.Invariant($"{name}-{seed}"));
            glasses[k] = new PreparedGlass(
                seed,
                new SamplePreparation(tables, method, seed, numerics, device),
                files,
                PrepareMethod.Describe(method, seed, potential, tables.Sha256, numerics));
        }

        Find(glasses);
        return glasses;
    }

    /// <summary>Finds out which glasses are finished: another process may have made some in the meantime.</summary>
    /// <exception cref="InputException">A glass of this name was made by other settings.</exception>
    public static void Find(PreparedGlass[] glasses)
    {
        foreach (PreparedGlass glass in glasses)
        {
            glass.Summary = glass.Files.Finished(glass.Key);
        }
    }
}
