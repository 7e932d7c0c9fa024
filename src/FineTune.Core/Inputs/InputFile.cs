namespace FineTune.Core.Inputs;

/// <summary>A data file as it was when a model was made of it.</summary>
/// <param name="Option">The option that names it, such as <c>TrainData</c>.</param>
/// <param name="Path">Its path as the user knows it.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
/// <param name="Rows">Its rows; <see langword="null"/> when they are not known.</param>
internal sealed record InputFile(string Option, string Path, string Hash, FileRows? Rows);
