using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using FineTune.Build.Files;
using FineTune.Build.Generation;
using FineTune.Core.Fingerprints;

namespace FineTune.Build.Deploying;

/// <summary>
/// An assembly with nothing but a model as its resource, and one type by which code refers to it: so the model is found by references like every other dependency, by
/// publishing, trimming and single files, and the app's own assembly stays small and is compiled fast.
/// </summary>
/// <param name="projectAssembly">The name of the project's assembly.</param>
/// <param name="model">The model's name.</param>
internal sealed class ModelAssembly(string projectAssembly, string model)
{
    private const int ManagedResourceAlignment = 8;

    private static readonly byte[] StandardPublicKeyToken = [0xCC, 0x7B, 0x13, 0xFF, 0xCD, 0x2D, 0xDD, 0x51];

    /// <summary>Its name: <c>Shop.Sentiment.Model</c>.</summary>
    public string Name => $"{projectAssembly}.{model}.Model";

    /// <summary>The full name of its only type: <c>FineTune.Models.Shop.Sentiment</c>.</summary>
    public string TypeName => $"{Namespace}.{model}";

    private string Namespace => $"FineTune.Models.{Identifiers.ForNamespace(projectAssembly)}";

    /// <summary>Its file below <c>obj</c>.</summary>
    public string FileIn(string intermediateDirectory) => Path.Combine(intermediateDirectory, Name + ".dll");

    /// <summary>Writes the assembly unless it was written after the model was. Equal models give equal bytes.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public void Write(string modelFile, string intermediateDirectory)
    {
        var file = FileIn(intermediateDirectory);
        if (!File.Exists(file) || File.GetLastWriteTimeUtc(file) < File.GetLastWriteTimeUtc(modelFile))
        {
            FileUpdate.Write(file, temporary =>
            {
                using var output = File.Create(temporary);
                Build(modelFile).WriteContentTo(output);
            });
        }
    }

    private BlobBuilder Build(string modelFile)
    {
        var id = ContentId(modelFile);
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString(Name + ".dll"), metadata.GetOrAddGuid(id.Guid), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(Name), new Version(1, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.Sha1);
        AddTypes(metadata);
        metadata.AddManifestResource(ManifestResourceAttributes.Public, metadata.GetOrAddString(ModelFiles.Resource(model)), default, 0);

        var image = new BlobBuilder();
        var builder = new ManagedPEBuilder(
            new PEHeaderBuilder(imageCharacteristics: Characteristics.ExecutableImage | Characteristics.Dll),
            new MetadataRootBuilder(metadata),
            ilStream: new BlobBuilder(),
            managedResources: Resource(modelFile),
            deterministicIdProvider: _ => id);
        builder.Serialize(image);
        return image;
    }

    private void AddTypes(MetadataBuilder metadata)
    {
        // Every platform that the runtime supports has .NET Standard, so that one assembly serves all target frameworks of a project.
        var standard = metadata.AddAssemblyReference(
            metadata.GetOrAddString("netstandard"), new Version(2, 0, 0, 0), default, metadata.GetOrAddBlob(StandardPublicKeyToken), default, default);
        var baseType = metadata.AddTypeReference(standard, metadata.GetOrAddString("System"), metadata.GetOrAddString("Object"));
        var (firstField, firstMethod) = (MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, firstField, firstMethod);
        metadata.AddTypeDefinition(
            TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit,
            metadata.GetOrAddString(Namespace.Replace("@", "")), metadata.GetOrAddString(model), baseType, firstField, firstMethod);
    }

    private static BlobBuilder Resource(string modelFile)
    {
        var resource = new BlobBuilder();
        using var content = File.OpenRead(modelFile);
        var length = checked((int)content.Length);
        resource.WriteInt32(length);
        if (resource.TryWriteBytes(content, length) != length)
        {
            throw new EndOfStreamException($"'{modelFile}' became shorter while it was read.");
        }

        resource.Align(ManagedResourceAlignment);
        return resource;
    }

    private static BlobContentId ContentId(string modelFile)
    {
        var hash = ContentHash.OfFile(modelFile);
        return BlobContentId.FromHash(Enumerable.Range(0, hash.Length / 2).Select(index => Convert.ToByte(hash.Substring(index * 2, 2), 16)).ToArray());
    }
}
