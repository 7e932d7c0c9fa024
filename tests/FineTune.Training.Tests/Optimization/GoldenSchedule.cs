using FineTune.Core.Specification;

namespace FineTune.Training.Tests.Optimization;

/// <summary>One schedule of golden.json: its settings, and the share of the highest rate at every step.</summary>
internal sealed record GoldenSchedule(Scheduler Scheduler, double Warmup, int Steps, IReadOnlyList<double> Factors);
