using System.Xml;
using System.Xml.Linq;
using FineTune.Core.Diagnostics;

namespace FineTune.Build.Items;

/// <summary>Finds the line and column of an item in the project file that defines it; MSBuild does not tell them to tasks.</summary>
internal static class ItemLocator
{
    /// <summary>
    /// The place of the element <paramref name="itemType"/> whose <c>Include</c> or <c>Update</c> names <paramref name="name"/>; just the file when there
    /// is none, or when it cannot be read.
    /// </summary>
    public static SourceLocation Find(string projectFile, string itemType, string name)
    {
        try
        {
            using var reader = XmlReader.Create(projectFile, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var elements = XDocument.Load(reader, LoadOptions.SetLineInfo).Descendants().Where(element => element.Name.LocalName == itemType);
            var element = elements.FirstOrDefault(element => Names(element, "Include").Contains(name))
                ?? elements.FirstOrDefault(element => Names(element, "Update").Contains(name));
            // The reader stands on the name; MSBuild and IDEs count from the angle bracket before it.
            return element is IXmlLineInfo line && line.HasLineInfo()
                ? new SourceLocation(projectFile, line.LineNumber, line.LinePosition - 1)
                : new SourceLocation(projectFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
        {
            return new SourceLocation(projectFile);
        }
    }

    private static IEnumerable<string> Names(XElement element, string attribute)
        => (element.Attribute(attribute)?.Value ?? string.Empty).Split(';').Select(name => name.Trim());
}
