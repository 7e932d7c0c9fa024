using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FineTune.Tool.Terminal;

/// <summary>The three standard streams; tests hand in their own.</summary>
/// <param name="Input">Texts to predict, one for each line.</param>
/// <param name="Output">Results: what a program would read.</param>
/// <param name="Error">Progress, warnings and errors: what a person reads.</param>
/// <param name="IsInteractive">Whether <paramref name="Error"/> is a terminal, so that a progress bar can be redrawn in place.</param>
internal sealed record ToolConsole(TextReader Input, TextWriter Output, TextWriter Error, bool IsInteractive)
{
    /// <summary>
    /// The process's streams. What is piped is UTF-8 without a byte order mark whatever the terminal's code page is: JSON has no other encoding.
    /// </summary>
    public static ToolConsole OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new(
            Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), utf8) : Console.In,
            Console.IsOutputRedirected ? new StreamWriter(OpenOutput(), utf8) { AutoFlush = true } : Console.Out,
            Console.IsErrorRedirected ? new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true } : Console.Error,
            !Console.IsErrorRedirected);
    }

    /// <summary>
    /// Standard output that tells when nobody reads it any more. The console's own stream swallows that on Unix, and <c>predict … | head -n 1</c> would go on
    /// until its input ends.
    /// </summary>
    private static Stream OpenOutput()
    {
        const int standardOutput = 1;
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var output = new FileStream(new SafeFileHandle(standardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file keeps its place for all who write to it (2>&1), which only the console's stream respects; nobody can stop reading it either.
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
