using Npgsql;

namespace Glasswright.Actors.Storage;

/// <summary>
/// Waits for wakes on a connection of its own. They are not kept for those who are away, so a lost connection counts as one; and whoever is
/// woken looks at the tables.
/// </summary>
internal sealed class StoreListener : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly StoreAddress _address;
    private readonly Action _wake;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _listening;

    /// <summary>Begins to listen.</summary>
    /// <param name="address">The store.</param>
    /// <param name="wake">Called on any thread; must be quick.</param>
    public StoreListener(StoreAddress address, Action wake)
    {
        _address = address;
        _wake = wake;
        _listening = Task.Run(ListenAsync);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listening.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = PostgresDatabase.Connect(_address);
                await using (NpgsqlCommand listen = connection.CreateCommand())
                {
#pragma warning disable CA2100 // The name was checked where the address was read.
                    listen.CommandText = "LISTEN " + _address.Channel;
#pragma warning restore CA2100
                    await listen.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
                }

                connection.Notification += (_, _) => _wake();
                _wake();
                while (true)
                {
                    await connection.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Those who do the work report it; here it only means that nobody wakes them.
            catch (Exception)
#pragma warning restore CA1031
            {
                _wake();
                await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
