namespace FineTune.Core.Gates;

/// <summary>How a metric is compared with its threshold.</summary>
public enum GateOperator
{
    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&gt;</c></summary>
    GreaterThan,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&lt;</c></summary>
    LessThan,

    /// <summary><c>==</c></summary>
    EqualTo,

    /// <summary><c>!=</c></summary>
    NotEqualTo,
}
