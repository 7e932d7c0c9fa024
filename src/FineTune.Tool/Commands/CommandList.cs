namespace FineTune.Tool.Commands;

/// <summary>Every command, in the order in which help lists them.</summary>
internal static class CommandList
{
    public static IReadOnlyList<ToolCommand> Create() =>
    [
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        PredictCommand.Create(),
        InspectCommand.Create(),
        ExplainCommand.Create(),
        AcceptCommand.Create(),
        DoctorCommand.Create(),
        SetupCommand.Create(),
        CacheCommand.Create(),
        WorkerProcess.Create(),
    ];
}
