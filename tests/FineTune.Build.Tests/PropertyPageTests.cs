using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace FineTune.Build.Tests;

public sealed class PropertyPageTests
{
    [Fact]
    public void Every_element_and_attribute_of_the_property_page_is_one_that_MSBuild_has_for_Visual_Studio()
    {
        var members = MembersOfPropertyPages();
        var elements = XDocument.Load(Metadata("PropertyPage")).Descendants().ToList();

        var used = elements.SelectMany(element => element.Name.LocalName.Split('.') is [var type, var property]
            ? [(type, property)]
            : element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration).Select(attribute => (element.Name.LocalName, attribute.Name.LocalName)));

        Assert.NotEmpty(elements);
        Assert.All(used.Distinct(), member => Assert.Contains(member.Item2, members(member.Item1)));
    }

    /// <summary>The properties of a type for property pages. Only MSBuild for the .NET Framework has these types, which is where Visual Studio runs it; so they are read and not loaded.</summary>
    private static Func<string, IEnumerable<string>> MembersOfPropertyPages()
    {
        var assembly = Directory.GetDirectories(Metadata("FrameworkPackage")).Select(version => Path.Combine(version, "ref/net472/Microsoft.Build.Framework.dll")).First(File.Exists);
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
            .Where(type => metadata.GetString(type.Namespace) == "Microsoft.Build.Framework.XamlTypes" && !type.IsNested)
            .ToDictionary(
                type => metadata.GetString(type.Name),
                type => (
                    Base: !type.BaseType.IsNil && type.BaseType.Kind == HandleKind.TypeDefinition ? metadata.GetString(metadata.GetTypeDefinition((TypeDefinitionHandle)type.BaseType).Name) : null,
                    Properties: type.GetProperties().Select(property => metadata.GetString(metadata.GetPropertyDefinition(property).Name)).ToList()));
        return Members;

        IEnumerable<string> Members(string type)
            => types.TryGetValue(type, out var found) ? found.Base is null ? found.Properties : found.Properties.Concat(Members(found.Base)) : [];
    }

    private static string Metadata(string key) => typeof(PropertyPageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
