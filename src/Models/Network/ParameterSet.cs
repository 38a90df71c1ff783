using Glasswright.Kernels;
using Glasswright.Kernels.Random;

namespace Glasswright.Models.Network;

/// <summary>A tensor of a network with its values, row-major.</summary>
internal sealed class Parameter
{
    /// <summary>Creates a tensor of zeros.</summary>
    public Parameter(ParameterDescriptor descriptor)
    {
        Descriptor = descriptor;
        Values = new float[descriptor.Length];
    }

    /// <summary>Name, shape and role.</summary>
    public ParameterDescriptor Descriptor { get; }

    /// <summary>Key in PyTorch's <c>state_dict</c>.</summary>
    public string Name => Descriptor.Name;

    /// <summary>The elements, row-major.</summary>
    public float[] Values { get; }
}

/// <summary>
/// The values of every tensor of an architecture in the order of its <see cref="ParameterLayout"/>, running statistics
/// included. The arrays are fixed for the set's life; training writes into them.
/// </summary>
internal sealed class ParameterSet
{
    private readonly Parameter[] _parameters;

    /// <summary>Creates the tensors with zeros, except γ = 1 and running variance = 1.</summary>
    public ParameterSet(ParameterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        _parameters = [.. layout.Parameters.Select(descriptor => new Parameter(descriptor))];
        foreach (Parameter parameter in _parameters)
        {
            if (parameter.Descriptor.Role is ParameterRole.BatchNormWeight or ParameterRole.RunningVariance)
            {
                Array.Fill(parameter.Values, 1f);
            }
        }
    }

    /// <summary>Creates the tensors of an architecture.</summary>
    public ParameterSet(Architecture architecture)
        : this(new ParameterLayout(architecture))
    {
    }

    /// <summary>Names and shapes.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The tensors of a layout with zeros everywhere: gradients and moments.</summary>
    public static ParameterSet Zeros(ParameterLayout layout)
    {
        ParameterSet set = new(layout);
        foreach (Parameter parameter in set._parameters)
        {
            Array.Clear(parameter.Values);
        }

        return set;
    }

    /// <summary>Every tensor, in the layout's order.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The values of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">The architecture has no tensor of that name.</exception>
    public float[] this[string name]
    {
        get
        {
            int index = Layout.IndexOf(name);
            return index >= 0
                ? _parameters[index].Values
                : throw new KeyNotFoundException($"The architecture has no tensor '{name}'.");
        }
    }

    /// <summary>
    /// PyTorch's default initialization: weights and biases of a linear map uniform in ±1/√fan_in, γ = 1, β = 0, running
    /// mean 0 and variance 1.
    /// </summary>
    /// <param name="layout">Names and shapes.</param>
    /// <param name="seed">
    /// Key of the stream <see cref="RandomStream.Initialization"/>: element m of tensor p of the layout is its draw (p, m).
    /// </param>
    public static ParameterSet Initialize(ParameterLayout layout, ulong seed)
    {
        ParameterSet set = new(layout);
        for (int p = 0; p < set._parameters.Length; p++)
        {
            Parameter parameter = set._parameters[p];
            if (parameter.Descriptor.FanIn == 0)
            {
                continue;
            }

            double bound = 1 / Math.Sqrt(parameter.Descriptor.FanIn);
            for (int m = 0; m < parameter.Values.Length; m++)
            {
                double u = RandomStreams.Uniform(seed, RandomStream.Initialization, p, 0, m);
                parameter.Values[m] = (float)(((2 * u) - 1) * bound);
            }
        }

        return set;
    }

    /// <summary>A set of its own with the same values.</summary>
    public ParameterSet Clone()
    {
        ParameterSet copy = new(Layout);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over the values of a set of the same layout.</summary>
    public void CopyFrom(ParameterSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._parameters.Length != _parameters.Length)
        {
            throw new ArgumentException("The sets belong to different architectures.", nameof(other));
        }

        for (int i = 0; i < _parameters.Length; i++)
        {
            if (other._parameters[i].Name != _parameters[i].Name)
            {
                throw new ArgumentException("The sets belong to different architectures.", nameof(other));
            }

            other._parameters[i].Values.CopyTo(_parameters[i].Values, 0);
        }
    }

    /// <summary>Checks that every value is finite and every running variance not negative.</summary>
    /// <param name="file">The file to name in the error.</param>
    /// <exception cref="InputException">A value cannot belong to a network.</exception>
    public void RequireFinite(string? file = null)
    {
        foreach (Parameter parameter in _parameters)
        {
            bool variance = parameter.Descriptor.Role == ParameterRole.RunningVariance;
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                float value = parameter.Values[i];
                if (!float.IsFinite(value) || (variance && value < 0))
                {
                    throw new InputException(
                        $"element {i} of tensor '{parameter.Name}' cannot be used",
                        file,
                        expected: variance ? "a finite number, not negative" : "a finite number",
                        found: value.ToString(System.Globalization.CultureInfo.InvariantCulture));
                }
            }
        }
    }
}
