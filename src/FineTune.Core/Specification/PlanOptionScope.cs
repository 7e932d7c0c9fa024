namespace FineTune.Core.Specification;

/// <summary>What an option changes, and so which of the fingerprints it belongs to.</summary>
public enum PlanOptionScope
{
    /// <summary>The weights: part of the training fingerprint.</summary>
    Training,

    /// <summary>The exported files or what is measured of them: part of the export fingerprint.</summary>
    Export,

    /// <summary>Thresholds: in no fingerprint, evaluated on every build.</summary>
    Gate,

    /// <summary>The generated source code: in no fingerprint.</summary>
    Api,

    /// <summary>Where and how the run happens, not what comes out of it: in no fingerprint.</summary>
    Machine,
}
