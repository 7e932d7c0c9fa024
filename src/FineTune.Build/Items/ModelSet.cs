using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Build.Items;

/// <summary>The <c>FineTuneModel</c> items of a project, and which of them start from which others.</summary>
internal sealed class ModelSet
{
    private readonly Dictionary<string, ModelItem> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> bases = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks at the items' names and base models.</summary>
    public ModelSet(IReadOnlyList<ModelItem> items)
    {
        foreach (var item in items.Where(item => !byName.ContainsKey(item.Name)))
        {
            byName.Add(item.Name, item);
        }

        bases.UnionWith(items.Select(item => BaseOf(item)?.Name).OfType<string>());
        var (ordered, seen) = (new List<ModelItem>(), new HashSet<ModelItem>());
        foreach (var item in items)
        {
            Add(item);
        }

        Ordered = ordered;

        void Add(ModelItem item)
        {
            if (!seen.Add(item))
            {
                return;
            }

            if (BaseOf(item) is { } other)
            {
                Add(other);
            }

            ordered.Add(item);
        }
    }

    /// <summary>The items as the project has them, but each behind the one that it starts from.</summary>
    public IReadOnlyList<ModelItem> Ordered { get; }

    /// <summary>The item that another one starts from; <see langword="null"/> when that starts from a folder or a built-in model.</summary>
    public ModelItem? BaseOf(ModelItem item) => BaseModelFolder.FindItem(item.BaseModel, item.Name, byName.Keys) is { } name ? byName[name] : null;

    /// <summary>Whether another item starts from this one.</summary>
    public bool IsBase(string name) => bases.Contains(name);

    /// <summary>Checks that an item does not start, over others or at once, from itself.</summary>
    /// <exception cref="FineTuneException">FT0020: it does.</exception>
    public void RequireBeginning(ModelItem item)
    {
        List<ModelItem> chain = [item];
        for (var other = BaseOf(item); other is not null && !chain.Skip(1).Contains(other); other = BaseOf(other))
        {
            if (other == item)
            {
                throw SpecificationDiagnostics.CircularBaseModels.Exception(
                    $"The model '{item.Name}' starts from itself: {string.Join(" → ", chain.Append(item).Select(link => link.Name))}. Give one of them a BaseModel that is not trained here, such as builtin:tiny.", item.Location);
            }

            chain.Add(other);
        }
    }
}
