using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>A data file that is open for reading, whatever its format: named columns and a stream of rows.</summary>
internal interface IDataTable : IDisposable
{
    /// <summary>The names of the columns: the header, or the keys of the first JSON object.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Where the columns are named.</summary>
    SourceLocation Start { get; }

    /// <summary>Whether the names stand in a row of their own, which could be a row of data by mistake.</summary>
    bool HasHeader { get; }

    /// <summary>Streams the rows, once; a row that is wrong in itself is reported to <paramref name="errors"/> and left out.</summary>
    /// <param name="columns">Indices into <see cref="Columns"/>; each row has the fields in this order.</param>
    /// <param name="errors">Takes the errors after which reading can go on.</param>
    /// <param name="nested">Whether values in JSON may be arrays and objects; else these are errors.</param>
    /// <exception cref="FineTuneException">The rest of the file cannot be read, or there are too many errors.</exception>
    IEnumerable<DataField[]> Read(IReadOnlyList<int> columns, DataErrors errors, bool nested = false);
}
