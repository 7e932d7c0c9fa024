using System.Globalization;
using FineTune.Core.Specification;

namespace FineTune.Core.Inputs;

/// <summary>Finds what differs between two snapshots.</summary>
internal static class InputChanges
{
    private const string NotSet = "not set";

    /// <summary>All changes from <paramref name="before"/> to <paramref name="now"/>: data first, then options, the base model and the program itself.</summary>
    public static IReadOnlyList<InputChange> Between(InputSnapshot before, InputSnapshot now) =>
    [
        .. Files(before, now),
        .. Options(before, now),
        .. BaseModel(before, now),
        .. Program(before, now),
    ];

    private static IEnumerable<InputChange> Files(InputSnapshot before, InputSnapshot now)
    {
        var gone = before.Files.Where(old => !now.Files.Any(file => IsSame(file, old))).ToList();
        foreach (var file in now.Files)
        {
            var old = before.Files.FirstOrDefault(other => IsSame(other, file));
            if (old is null)
            {
                // A file under another name is no change; names are in no fingerprint.
                old = gone.Find(other => other.Option == file.Option && other.Hash == file.Hash && Extension(other) == Extension(file));
                if (old is null)
                {
                    yield return new InputChange(file.Path, $"new in {file.Option}{(file.Rows is { } rows ? ", " + RowChanges.Rows(rows.Count) : "")}", Trains(file.Option));
                }
                else
                {
                    gone.Remove(old);
                }
            }
            else if (old.Hash != file.Hash)
            {
                yield return new InputChange(file.Path, Describe(old.Rows, file.Rows), Trains(file.Option));
            }
        }

        foreach (var file in gone)
        {
            yield return new InputChange(file.Path, $"no longer in {file.Option}", Trains(file.Option));
        }

        if (OrderDiffers(before, now))
        {
            yield return new InputChange(nameof(TrainingPlan.TrainData), "the files in another order", Trains: true);
        }
    }

    private static bool OrderDiffers(InputSnapshot before, InputSnapshot now)
    {
        var (old, current) = (TrainHashes(before), TrainHashes(now));
        return !old.SequenceEqual(current) && old.OrderBy(hash => hash, StringComparer.Ordinal).SequenceEqual(current.OrderBy(hash => hash, StringComparer.Ordinal));
    }

    private static List<string> TrainHashes(InputSnapshot snapshot) => [.. snapshot.Files.Where(file => file.Option == nameof(TrainingPlan.TrainData)).Select(file => file.Hash)];

    private static bool IsSame(InputFile first, InputFile second) => first.Option == second.Option && first.Path == second.Path;

    private static string Extension(InputFile file) => Path.GetExtension(file.Path).ToLowerInvariant();

    private static string Describe(FileRows? before, FileRows? now)
    {
        if (before is null || now is null)
        {
            return "changed";
        }

        if (before.Hashes is null || now.Hashes is null)
        {
            var more = now.Count - before.Count;
            return more == 0
                ? $"changed, still {RowChanges.Rows(now.Count)}"
                : $"{RowChanges.Rows(now.Count)}, {RowChanges.Number(Math.Abs(more))} {(more > 0 ? "more" : "fewer")} than before";
        }

        var rows = RowChanges.Between(before.Hashes, now.Hashes).ToString();
        var header = before.Header == now.Header ? string.Empty : "another header";
        var parts = new[] { rows, header }.Where(part => part.Length > 0).ToList();
        return parts.Count > 0 ? string.Join(", ", parts)
            : before.Hashes.SequenceEqual(now.Hashes) ? "other bytes, but the same rows"
            : "the same rows in another order";
    }

    private static IEnumerable<InputChange> Options(InputSnapshot before, InputSnapshot now)
    {
        foreach (var name in before.Options.Keys.Union(now.Options.Keys).Where(name => name != nameof(TrainingPlan.BaseModel)))
        {
            var (was, isNow) = (ValueIn(before, name), ValueIn(now, name));
            // An option that has an effect only beside another one comes and goes with it; that is told only where it was set.
            var isSilent = was is null || isNow is null ? (was ?? isNow) == DefaultOf(name) : was == isNow;
            if (!isSilent)
            {
                yield return new InputChange(name, $"{Shown(was)} → {Shown(isNow)}", Trains(name));
            }
        }
    }

    private static IEnumerable<InputChange> BaseModel(InputSnapshot before, InputSnapshot now)
    {
        var changes = before.BaseModelFiles.Keys.Union(now.BaseModelFiles.Keys).OrderBy(name => name, StringComparer.Ordinal)
            .Select(name => (Name: name, Was: HashIn(before, name), Is: HashIn(now, name)))
            .Where(file => file.Was != file.Is)
            .Select(file => $"{file.Name} {(file.Was is null ? "added" : file.Is is null ? "removed" : "changed")}")
            .ToList();
        if (changes.Count == 0)
        {
            yield break;
        }

        var (was, isNow) = (ValueIn(before, nameof(TrainingPlan.BaseModel)), ValueIn(now, nameof(TrainingPlan.BaseModel)));
        yield return was == isNow
            ? new InputChange("base model", string.Join(", ", changes), Trains: true)
            : new InputChange(nameof(TrainingPlan.BaseModel), $"{Shown(was)} → {Shown(isNow)}", Trains: true);
    }

    private static IEnumerable<InputChange> Program(InputSnapshot before, InputSnapshot now)
    {
        if (before.Recipe != now.Recipe)
        {
            yield return new InputChange("FineTune.Build", $"this release trains in another way (recipe {before.Recipe.ToString(CultureInfo.InvariantCulture)} → {now.Recipe.ToString(CultureInfo.InvariantCulture)})", Trains: true);
        }

        if (before.FormatVersion != now.FormatVersion)
        {
            yield return new InputChange("FineTune.Build", $"this release writes another model format ({before.FormatVersion} → {now.FormatVersion})", Trains: false);
        }
    }

    private static bool Trains(string option) => PlanOptions.Find(option) is not { Scope: PlanOptionScope.Export };

    private static string? ValueIn(InputSnapshot snapshot, string name) => snapshot.Options.TryGetValue(name, out var value) ? value : null;

    private static string? HashIn(InputSnapshot snapshot, string name) => snapshot.BaseModelFiles.TryGetValue(name, out var hash) ? hash : null;

    private static string DefaultOf(string name) => PlanOptions.Find(name) is not { Default: { } text } option
        ? string.Empty
        : option.ValueType == typeof(double) ? InputSnapshot.TextOf(double.Parse(text, CultureInfo.InvariantCulture)) : text;

    private static string Shown(string? value) => string.IsNullOrEmpty(value) ? NotSet : value!;
}
