using System.Reflection;
using System.Runtime.ExceptionServices;
using Glasswright.Actors.Storage;

namespace Glasswright.Actors.Tests.Search;

/// <summary>A store that tells of every call before it is made, so that a test can let something happen just there, or change what is asked.</summary>
#pragma warning disable CA1852 // The proxy is a subtype, made at run time.
internal class HookedStore : DispatchProxy
#pragma warning restore CA1852
{
    private IRunStore? _inner;
    private Action<string, object?[]>? _before;

    /// <summary>Wraps a store.</summary>
    /// <param name="inner">The store.</param>
    /// <param name="before">Told the name of the method and its arguments.</param>
    public static IRunStore On(IRunStore inner, Action<string, object?[]> before)
    {
        IRunStore made = Create<IRunStore, HookedStore>();
        var hooked = (HookedStore)made;
        (hooked._inner, hooked._before) = (inner, before);
        return made;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _before!(targetMethod!.Name, args!);
        try
        {
            return targetMethod.Invoke(_inner, args);
        }
        catch (TargetInvocationException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerException!);
            throw;
        }
    }
}
