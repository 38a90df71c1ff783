using Glasswright.Models.Storage;

namespace Glasswright.Host.Commands;

/// <summary>Whether a model suits what it is used on.</summary>
internal static class ModelUse
{
    /// <summary>A model whose labels came from another potential may be used, but its user should know.</summary>
    public static void WarnOfPotential(Session session, PropertyModel model, string potentialSha256, string potential)
    {
        if (model.PotentialSha256 is { Length: > 0 } trained && potentialSha256.Length > 0 && trained != potentialSha256)
        {
            session.Warn($"the model was trained on labels of another potential than {potential}");
        }
    }
}
