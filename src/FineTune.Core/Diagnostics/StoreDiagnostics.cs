namespace FineTune.Core.Diagnostics;

/// <summary>What can go wrong between this machine's disk and a finished model.</summary>
internal static class StoreDiagnostics
{
    public static readonly DiagnosticDescriptor StoreNotWritable = new("FT6001", DiagnosticSeverity.Error, "The model store cannot be written");
    public static readonly DiagnosticDescriptor EntryNotStored = new("FT6002", DiagnosticSeverity.Error, "A finished model cannot be put into the store");
    public static readonly DiagnosticDescriptor DiskFull = new("FT6003", DiagnosticSeverity.Error, "The disk of the model store is full");
    public static readonly DiagnosticDescriptor DamagedEntry = new("FT6004", DiagnosticSeverity.Warning, "A stored model was damaged");
    public static readonly DiagnosticDescriptor UnreadableDocument = new("FT6005", DiagnosticSeverity.Error, "A file of ours cannot be understood");
    public static readonly DiagnosticDescriptor EntryNotReadable = new("FT6006", DiagnosticSeverity.Error, "A stored model cannot be read");
    public static readonly DiagnosticDescriptor WaitingForTraining = new("FT6007", DiagnosticSeverity.Information, "Another build works on the same model");
    public static readonly DiagnosticDescriptor WaitingForDevice = new("FT6008", DiagnosticSeverity.Information, "Another training uses the graphics processor");
    public static readonly DiagnosticDescriptor RemoteCacheSetting = new("FT6010", DiagnosticSeverity.Error, "The setting of the remote cache cannot be used");
    public static readonly DiagnosticDescriptor RemoteCacheUnusable = new("FT6011", DiagnosticSeverity.Warning, "The remote cache does not answer as it should");
    public static readonly DiagnosticDescriptor RemoteEntryDamaged = new("FT6012", DiagnosticSeverity.Warning, "An entry of the remote cache is damaged");
    public static readonly DiagnosticDescriptor NotUploaded = new("FT6013", DiagnosticSeverity.Warning, "A model was not put into the remote cache");
    public static readonly DiagnosticDescriptor Downloaded = new("FT6014", DiagnosticSeverity.Information, "A model came from the remote cache");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        StoreNotWritable, EntryNotStored, DiskFull, DamagedEntry, UnreadableDocument, EntryNotReadable, WaitingForTraining, WaitingForDevice,
        RemoteCacheSetting, RemoteCacheUnusable, RemoteEntryDamaged, NotUploaded, Downloaded,
    ];
}
