using LrcnLab.Core.Runs;
using Xunit;

namespace LrcnLab.Core.Tests.Runs;

public sealed class FailureRulesTests
{
    [Theory]
    [InlineData("OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "out of GPU memory")]
    [InlineData("ExternalException: [enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes", "out of memory")]
    [InlineData("The system ran out of memory and ended the worker (SIGKILL).", "out of memory")]
    [InlineData("The disk is full: free some space, then go on. (No space left on device)", "disk full")]
    [InlineData("The loss became NaN at step 3 (epoch 1) on a.avi; no checkpoint had been written yet. A lower learning rate or gradient clipping usually helps.", "diverged")]
    [InlineData("The worker crashed (SIGSEGV, exit code 139).", "crashed")]
    [InlineData("The worker failed (exit code 1). Its last words: CUDA error: device-side assert triggered", "GPU fault")]
    [InlineData("The manifest of version 2 of the data set was changed since it was recorded: restore it from a backup, or import the data again.", "bad data")]
    [InlineData("The worker did not stop within 60 s and was killed.", "did not obey")]
    [InlineData("Something that nobody knows.", null)]
    public void Match_NamesTheFault(string reason, string? label)
    {
        Assert.Equal(label, FailureRules.Match(reason)?.Label);
        Assert.Equal(label, FailureRules.Find(label)?.Label);
    }
}
