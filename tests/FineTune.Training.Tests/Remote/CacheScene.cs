using System.Net.Http.Headers;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Store;
using FineTune.Training.Remote;

namespace FineTune.Training.Tests.Remote;

/// <summary>Stores that are empty at first, and remote caches with short limits, all for one test.</summary>
internal sealed class CacheScene : IDisposable
{
    public static readonly string Fingerprint = ContentHash.OfBytes([1]);

    public static readonly RemoteLimits Limits = new()
    {
        Connect = TimeSpan.FromSeconds(5),
        Response = TimeSpan.FromSeconds(2),
        Window = TimeSpan.FromSeconds(2),
        MinimumBytesPerSecond = 100_000,
        Budget = TimeSpan.FromSeconds(20),
        RetryAfter = TimeSpan.FromMilliseconds(1),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-remote-").FullName;
    private readonly List<IDisposable> _owned = [];

    public List<Diagnostic> Reported { get; } = [];

    public IEnumerable<string> Codes => Reported.Select(diagnostic => diagnostic.Code);

    public string NewFolder()
    {
        var folder = Path.Combine(_folder, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        return folder;
    }

    public ModelStore NewStore() => Own(new ModelStore(NewFolder()));

    /// <summary>A store with one entry, whose package has some bytes, and whose metrics are empty.</summary>
    public (ModelStore Store, StoreEntry Entry) StoreWithModel(int bytes = 300_000)
    {
        var store = NewStore();
        return (store, store.AddModel(Fingerprint, folder =>
        {
            var package = new byte[bytes];
            new Random(5).NextBytes(package);
            File.WriteAllBytes(Path.Combine(folder, "model.ftmodel"), package);
            File.WriteAllText(Path.Combine(folder, "metrics.json"), "{}");
            File.WriteAllText(Path.Combine(folder, "empty.txt"), "");
        }));
    }

    public RemoteCache Http(string address, RemoteCacheMode mode = RemoteCacheMode.ReadWrite, AuthenticationHeaderValue? credentials = null, RemoteLimits? limits = null)
        => Own(new RemoteCache(new HttpStorage(address, credentials, limits ?? Limits), mode, limits ?? Limits, Report, _ => { }));

    public RemoteCache Folder(string folder, RemoteCacheMode mode = RemoteCacheMode.ReadWrite)
        => Own(new RemoteCache(new FolderStorage(folder), mode, Limits with { Response = TimeSpan.FromSeconds(10) }, Report, _ => { }));

    public static bool AreSame(StoreEntry expected, StoreEntry actual)
        => expected.Files.OrderBy(file => file.Key).SequenceEqual(actual.Files.OrderBy(file => file.Key))
            && expected.Files.Keys.All(name => File.ReadAllBytes(expected.PathOf(name)).AsSpan().SequenceEqual(File.ReadAllBytes(actual.PathOf(name))));

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private void Report(Diagnostic diagnostic)
    {
        lock (Reported)
        {
            Reported.Add(diagnostic);
        }
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        lock (_owned)
        {
            _owned.Add(owned);
        }

        return owned;
    }
}
