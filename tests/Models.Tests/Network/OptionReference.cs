using System.Globalization;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Tests.Support;

namespace Glasswright.Models.Tests.Network;

/// <summary>
/// The networks of <c>tests/data/gnn/gnn-&lt;option&gt;.safetensors</c>, computed by PyTorch in double precision with
/// <c>tests/data/gnn/options.py</c>: n = 6, e = 8, K = 2, a = 4, N = 2, 24 nodes, the last without neighbors.
/// </summary>
internal static class OptionReference
{
    public static TheoryData<string> Names => new() { "mean", "max", "set2set", "lstm", "dense", "classes", "all" };

    public static SafeTensors Load(string name) => SafeTensors.Read(Repository.TestData("gnn", $"gnn-{name}.safetensors"));

    public static Architecture Architecture(SafeTensors file)
    {
        int classes = Whole("classes");
        var pooling = Enum.Parse<Pooling>(file.Metadata["pooling"], ignoreCase: true);
        double step = double.Parse(file.Metadata["edge_width"], CultureInfo.InvariantCulture);
        return new Architecture
        {
            Species = ["A", "B"],
            NodeWidth = 6,
            EdgeWidth = 8,
            Heads = 2,
            HeadWidth = 4,
            Layers = 2,
            Cutoff = double.Parse(file.Metadata["cutoff"], CultureInfo.InvariantCulture),
            Gaussian = new GaussianBasis(0, step, 8, step),
            Pooling = pooling,
            PoolingSteps = pooling == Pooling.Set2set ? Whole("set2set_steps") : null,
            Remember = Enum.Parse<Remember>(file.Metadata["remember"], ignoreCase: true),
            ClassLevels = classes == 1 ? null : [.. Enumerable.Range(1, classes - 1).Select(c => (double)c / classes)],
            Embedding = [6, 6],
            Readout = [5],
        };

        int Whole(string key) => int.Parse(file.Metadata[key], CultureInfo.InvariantCulture);
    }

    public static ParameterSet Parameters(SafeTensors file)
    {
        ParameterSet set = new(Architecture(file));
        foreach (Parameter parameter in set.Parameters)
        {
            SafeTensor tensor = file.Require("weights/" + parameter.Name);
            tensor.Shape.ShouldBe(parameter.Descriptor.Shape, parameter.Name);
            tensor.ToSingles().CopyTo(parameter.Values, 0);
        }

        // No tensor of PyTorch's state_dict is left over, and the order is the same.
        file.Names.Where(name => name.StartsWith("weights/", StringComparison.Ordinal)).Select(name => name["weights/".Length..])
            .ShouldBe(set.Parameters.Select(parameter => parameter.Name), ignoreOrder: true);
        return set;
    }
}
