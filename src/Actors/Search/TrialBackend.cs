using Glasswright.Kernels.Minimization;
using Glasswright.Models.Inference;
using Glasswright.Models.Storage;

namespace Glasswright.Actors.Search;

/// <summary>What computes trials, where it is not the sampler's own thread: a device that all samplers share.</summary>
/// <param name="MakeMechanics">Makes a sampler's energies and relaxations, by number of atoms.</param>
/// <param name="MakePredictor">Makes a sampler's values of a model.</param>
internal sealed record TrialBackend(Func<int, IMechanics> MakeMechanics, Func<PropertyModel, IPredictor> MakePredictor);
