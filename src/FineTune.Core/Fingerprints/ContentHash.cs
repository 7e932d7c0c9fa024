using System.Security.Cryptography;
using System.Text;

namespace FineTune.Core.Fingerprints;

/// <summary>SHA-256 in lower-case hexadecimal.</summary>
public static class ContentHash
{
    /// <summary>The hash of a file's bytes.</summary>
    public static string OfFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        return OfStream(stream);
    }

    /// <summary>The hash of the rest of a stream.</summary>
    public static string OfStream(Stream stream)
    {
        using var algorithm = SHA256.Create();
        return Hexadecimal(algorithm.ComputeHash(stream));
    }

    /// <summary>The hash of some bytes.</summary>
    public static string OfBytes(byte[] bytes)
    {
#if NET
        return Hexadecimal(SHA256.HashData(bytes));
#else
        using var algorithm = SHA256.Create();
        return Hexadecimal(algorithm.ComputeHash(bytes));
#endif
    }

    internal static string OfText(string text) => OfBytes(Encoding.UTF8.GetBytes(text));

    internal static bool IsHash(string text) => text.Length == 64 && text.All(digit => digit is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static string Hexadecimal(byte[] bytes)
    {
#if NET
        return Convert.ToHexStringLower(bytes);
#else
        var text = new StringBuilder(bytes.Length * 2);
        foreach (var value in bytes)
        {
            text.Append(value.ToString("x2"));
        }

        return text.ToString();
#endif
    }
}
