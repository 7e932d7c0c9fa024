namespace FineTune.Training.Data;

/// <summary>All rows of a classification plan.</summary>
internal sealed record ClassificationData : TaskData<LabelledText>;
