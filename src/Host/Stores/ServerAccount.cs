using System.Globalization;
using Glasswright.Kernels;

namespace Glasswright.Host.Stores;

/// <summary>
/// The account of the operating system under which the server's programs run. PostgreSQL refuses root; so for root it is another one,
/// which then owns the store's folder too.
/// </summary>
/// <param name="Name">The other account; null for the one that runs this process.</param>
/// <param name="UserId">Its number.</param>
/// <param name="GroupId">The number of its group.</param>
internal sealed record ServerAccount(string? Name, int UserId, int GroupId)
{
    private const string Changer = "setpriv", EndOfFlags = "--";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The account that runs this process.</summary>
    public static ServerAccount OfProcess { get; } = new(null, -1, -1);

    /// <summary>Finds the account.</summary>
    /// <param name="name">The one that the user asks for; null for none.</param>
    /// <exception cref="InputException">PostgreSQL would refuse it, or there is no such account, or only root may use it.</exception>
    public static ServerAccount Find(string? name) => Find(name, Environment.IsPrivilegedProcess, Environment.UserName);

    /// <summary>As <see cref="Find(string?)"/>, for a process of any user.</summary>
    public static ServerAccount Find(string? name, bool isRoot, string own)
    {
        if (!isRoot)
        {
            return name is null || name == own ? OfProcess : throw new InputException(
                "only root can run the server as another user", expected: $"no --user, or --user {own}", found: $"--user {name}");
        }

        if (name is null)
        {
            throw new InputException("PostgreSQL refuses to run as root", expected: "an ordinary user, or --user NAME to run the server as one", found: own);
        }

        int user = Ask("-u", name), group = Ask("-g", name);
        return user != 0 ? new ServerAccount(name, user, group) : throw new InputException(
            "PostgreSQL refuses to run as root", expected: "--user with the name of an ordinary user", found: $"--user {name}");
    }

    /// <summary>A command line that runs under this account.</summary>
    public IReadOnlyList<string> Prefix(params IEnumerable<string> command) => Name is null
        ? [.. command]
        : [Changer, $"--reuid={UserId}", $"--regid={GroupId}", "--init-groups", EndOfFlags, .. command];

    /// <summary>The program that a command line runs, whether or not it is under another account.</summary>
    public static string ProgramOf(IReadOnlyList<string> command) =>
        Path.GetFileName(command[0] == Changer ? command.SkipWhile(word => word != EndOfFlags).Skip(1).First() : command[0]);

    /// <summary>Gives files to the account: a folder with all below it, or one file. Links are not followed.</summary>
    public void Give(string path)
    {
        if (Name is not null)
        {
            ChildProcess.Run(["chown", "-R", "-h", FormattableString.Invariant($"{UserId}:{GroupId}"), EndOfFlags, path], null, Patience).RequireSuccess();
        }
    }

    private static int Ask(string flag, string name)
    {
        ChildResult answer = ChildProcess.Run(["id", flag, EndOfFlags, name], null, Patience);
        return answer.ExitCode == 0 && int.TryParse(answer.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InputException("there is no such user on this machine", expected: "--user with the name of an ordinary user", found: $"--user {name}");
    }
}
