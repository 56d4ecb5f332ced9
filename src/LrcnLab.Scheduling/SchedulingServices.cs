using LrcnLab.Scheduling.Datasets;
using LrcnLab.Scheduling.Runs;
using LrcnLab.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LrcnLab.Scheduling;

public static class SchedulingServices
{
    /// <summary>Queue, slots, supervision of workers and reconciler. Needs <see cref="StorageServices.AddLabStorage"/> and a database that is ready.</summary>
    public static IServiceCollection AddLabScheduling(this IServiceCollection services, LabOptions options)
    {
        services.AddSingleton<RunService>();
        services.AddSingleton<RunFeed>();
        services.AddSingleton<RunLog>();
        services.AddSingleton<DatasetService>();
        return services;
    }
}
