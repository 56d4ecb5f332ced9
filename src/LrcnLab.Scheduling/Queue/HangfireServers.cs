using Hangfire;
using LrcnLab.Storage;

namespace LrcnLab.Scheduling.Queue;

/// <summary>How Hangfire's servers are set up: one for slots, one for upkeep.</summary>
internal static class HangfireServers
{
    /// <param name="activator">Of this host; else Hangfire takes the one for the whole process, which belongs to whichever host was built last.</param>
    /// <param name="options">Says how long workers may take to pause.</param>
    /// <param name="queue">One of <see cref="QueueNames"/>.</param>
    /// <param name="workers">Jobs at once.</param>
    public static BackgroundJobServerOptions Options(JobActivator activator, LabOptions options, string queue, int workers)
    {
        var server = new BackgroundJobServerOptions();
        Set(server, activator, options, queue, workers);
        return server;
    }

    /// <inheritdoc cref="Options"/>
    public static void Set(BackgroundJobServerOptions server, JobActivator activator, LabOptions options, string queue, int workers)
    {
        server.Activator = activator;
        server.ServerName = $"{queue}:{Environment.MachineName}";
        server.Queues = [queue];
        server.WorkerCount = workers;
        server.CancellationCheckInterval = TimeSpan.FromSeconds(1);
        server.ShutdownTimeout = options.ShutdownGrace + TimeSpan.FromSeconds(5);
    }
}
