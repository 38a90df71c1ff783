using Glasswright.Kernels.Structure;

namespace Glasswright.Models.Inference;

/// <summary>What gives the values of one model to one thread, in its own way and place.</summary>
internal interface IPredictor : IDisposable
{
    /// <summary>Predicts the de-normalized value of every atom of a structure; positions need not be wrapped.</summary>
    /// <param name="structure">Atoms of species that the model knows.</param>
    /// <param name="values">One value per atom, in the structure's order.</param>
    /// <exception cref="Kernels.InputException">The structure's species or cell do not suit the model.</exception>
    void Predict(AtomicStructure structure, Span<double> values);
}
