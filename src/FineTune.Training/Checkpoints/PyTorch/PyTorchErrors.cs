using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>What can be wrong with a PyTorch file.</summary>
/// <param name="path">The file, for messages.</param>
internal sealed class PyTorchErrors(string path)
{
    private const int LongestEnd = 100;

    private readonly SourceLocation location = new(path);

    /// <summary>The file is of another format.</summary>
    public FineTuneException OtherFormat(string what) => new("FT2032", what, location);

    /// <summary>The file asks for something that no weights need.</summary>
    /// <param name="what">The function, class or instruction.</param>
    public FineTuneException Refused(string what)
        => new("FT2033", $"This file asks for {Shown(what)}, which is not needed for weights. Such a file can run any program when PyTorch loads it; here nothing of it was run. Use the model's safetensors file, or a file from a source that you trust that holds only a state_dict.", location);

    /// <summary>The container or the pickle in it is not whole.</summary>
    public FineTuneException Damaged(string reason)
        => new("FT2034", $"This PyTorch file cannot be read: {Shown(reason)}. It is incomplete or damaged; copy or download it again.", location);

    /// <summary>A weight lies outside of its data.</summary>
    public FineTuneException Unfit(string name, string reason)
        => new("FT2035", $"The weight '{Shown(name)}' does not fit its data: {Shown(reason)}. The file is damaged; copy or download it again.", location);

    /// <summary>Text of a file that cannot be trusted goes into messages without control characters and not at any length.</summary>
    public static string Shown(string text)
    {
        var visible = string.Concat(text.Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
        return visible.Length <= 2 * LongestEnd ? visible : $"{visible[..LongestEnd]}…{visible[^LongestEnd..]}";
    }
}
