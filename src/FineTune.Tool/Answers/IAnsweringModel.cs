namespace FineTune.Tool.Answers;

/// <summary>A model of any task, as <c>predict</c> asks it.</summary>
internal interface IAnsweringModel : IDisposable
{
    /// <summary>An answer to each text, in their order.</summary>
    IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts);
}
