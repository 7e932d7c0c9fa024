using System.Text.Json.Nodes;
using FineTune.Training.Checkpoints;
using FineTune.Training.Strategies;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>The parameters of a model by their Hugging Face names. Each is a view into the memory of its group; so is its gradient.</summary>
internal sealed class ParameterSet : ITrainingState, IDisposable
{
    private const string UsedAsWhole = "usedAsWhole";
    private const string DueDecays = "dueDecays";
    private const string UsedRows = "usedRows";

    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly Dictionary<string, TableRows> tables = [];
    private readonly HashSet<string> usedAsWhole = [];
    private readonly Dictionary<string, (int Buffer, long Offset)> places = [];
    private readonly List<ParameterBuffer> buffers = [];
    private readonly DisposeScope scope;
    private int stage;

    /// <summary>Allocates the parameters, all zero.</summary>
    public ParameterSet(IReadOnlyList<ParameterDefinition> definitions, IReadOnlyDictionary<string, ParameterGroup> groups, Device device)
    {
        Definitions = definitions;
        Groups = groups;
        Device = device;
        scope = NewDisposeScope();
        foreach (var members in definitions.GroupBy(definition => groups[definition.Name]))
        {
            Allocate(members.Key, [.. members]);
        }

        // The tensors live until this set is disposed, whatever scope the caller has open.
        scope.Detach(tensors.Values.Concat(buffers.Select(buffer => buffer.Values)).Concat(buffers.Select(buffer => buffer.Gradients).OfType<Tensor>()));
        scope.Dispose();
    }

    /// <summary>What the parameters are, in the model's order.</summary>
    public IReadOnlyList<ParameterDefinition> Definitions { get; }

    /// <summary>The group of each parameter.</summary>
    public IReadOnlyDictionary<string, ParameterGroup> Groups { get; }

    /// <summary>Where the parameters lie.</summary>
    public Device Device { get; }

    /// <summary>The memory of each group, in order of first appearance.</summary>
    public IReadOnlyList<ParameterBuffer> Buffers => buffers;

    /// <summary>Number of all parameter values.</summary>
    public long Count => Definitions.Sum(definition => definition.Count);

    /// <summary>Number of parameter values that are trained at present.</summary>
    public long TrainableCount => Definitions.Where(definition => IsTrainable(definition.Name)).Sum(definition => definition.Count);

    /// <inheritdoc/>
    public string Name => "parameters";

    /// <summary>The parameter with this name.</summary>
    public Tensor this[string name]
    {
        get
        {
            if (is_grad_enabled() && IsTrainable(name) && usedAsWhole.Add(name))
            {
                // It may get a gradient now that no look-up knows of.
                RemoveTable(name);
            }

            tables.GetValueOrDefault(name)?.Settle();
            return tensors[name];
        }
    }

    /// <summary>Whether the parameter is trained at present.</summary>
    public bool IsTrainable(string name) => IsActive(Groups[name]);

    /// <summary>Rows of a table. A training that uses a table in no other way makes gradients of these rows only.</summary>
    /// <param name="name">A parameter. [rows, width]</param>
    /// <param name="ids">The numbers of the rows, int64. [count]</param>
    /// <returns>[count, width]</returns>
    public Tensor Lookup(string name, Tensor ids)
    {
        if (!is_grad_enabled() || !IsTrainable(name) || usedAsWhole.Contains(name) || Device.type != DeviceType.CPU)
        {
            return this[name].index_select(0, ids);
        }

        return RowLookup.apply(tensors[name], tables.GetValueOrDefault(name) ?? AddTable(name), ids);
    }

    /// <summary>Starts the training of all groups up to a stage; those of earlier stages go on.</summary>
    public void Unfreeze(int upToStage)
    {
        if (upToStage <= stage)
        {
            return;
        }

        using var scope = NewDisposeScope();
        stage = upToStage;
        for (var i = 0; i < buffers.Count; i++)
        {
            if (IsActive(buffers[i].Group) && buffers[i].Gradients is null)
            {
                var gradients = zeros_like(buffers[i].Values);
                Attach(gradients, [.. Definitions.Where(definition => Groups[definition.Name] == buffers[i].Group)]);
                buffers[i] = buffers[i] with { Gradients = gradients.DetachFromDisposeScope() };
            }
        }
    }

    /// <summary>Sets a parameter.</summary>
    public void Write(string name, float[] values) => Write(name, values.CopyTo);

    /// <summary>Sets a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fill">Writes all of its values.</param>
    public void Write(string name, WriteValues fill)
    {
        using var noGradients = no_grad();
        TensorMemory.Write(this[name], fill);
    }

    /// <summary>Copies a parameter's values.</summary>
    public float[] Read(string name)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return this[name].cpu().data<float>().ToArray();
    }

    /// <summary>Copies all parameters in the form in which weights leave the engine.</summary>
    public IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> ReadAll()
        => [.. Definitions.Select(definition => (new WeightInfo(definition.Name, WeightType.Float32, definition.Shape), (ReadOnlyMemory<float>)Read(definition.Name)))];

    /// <summary>Copies the values of all groups that are trained sooner or later, to return to them.</summary>
    /// <param name="reuse">An earlier copy that is no longer needed, for its memory.</param>
    public IReadOnlyList<float[]> TakeSnapshot(IReadOnlyList<float[]>? reuse = null)
    {
        Settle();
        var snapshot = reuse ?? [.. Trainable.Select(buffer => new float[buffer.Values.numel()])];
        foreach (var (buffer, values) in Trainable.Zip(snapshot))
        {
            TensorMemory.Values(buffer.Values).CopyTo(values);
        }

        return snapshot;
    }

    /// <summary>Returns to values taken by <see cref="TakeSnapshot"/>.</summary>
    public void Restore(IReadOnlyList<float[]> snapshot)
    {
        Settle();
        using var noGradients = no_grad();
        foreach (var (buffer, values) in Trainable.Zip(snapshot))
        {
            TensorMemory.Write(buffer.Values, values.CopyTo);
        }
    }

    /// <inheritdoc/>
    /// <remarks>What rows owe is saved, not settled: a training that is saved goes on as one that is not.</remarks>
    public void Save(TrainingStateWriter writer)
    {
        foreach (var (i, buffer) in Trainable.Index())
        {
            writer.Add($"{i}", TensorMemory.Values(buffer.Values));
        }

        writer.Values[UsedAsWhole] = new JsonArray([.. usedAsWhole.Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]);
        writer.Values[DueDecays] = new JsonObject(tables.Select(table => KeyValuePair.Create<string, JsonNode?>(table.Key, table.Value.DueDecay)));
        foreach (var (name, rows) in tables)
        {
            writer.Add($"{UsedRows}.{name}", rows.Save());
        }
    }

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader)
    {
        Restore([.. Trainable.Select((_, i) => reader.Read($"{i}"))]);
        usedAsWhole.UnionWith(reader.Values[UsedAsWhole]!.AsArray().Select(name => (string)name!));
        foreach (var (name, decay) in reader.Values[DueDecays]!.AsObject())
        {
            AddTable(name).Load(reader.Read($"{UsedRows}.{name}"), (double)decay!);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in tensors.Values)
        {
            parameter.Dispose();
        }

        foreach (var buffer in buffers)
        {
            buffer.Values.Dispose();
            buffer.Gradients?.Dispose();
        }
    }

    private TableRows AddTable(string name)
    {
        var (buffer, offset) = places[name];
        var rows = new TableRows(offset, tensors[name]);
        tables.Add(name, rows);
        buffers[buffer] = buffers[buffer] with { Tables = [.. buffers[buffer].Tables.Append(rows).OrderBy(table => table.Offset)] };
        return rows;
    }

    private void RemoveTable(string name)
    {
        if (tables.Remove(name, out var rows))
        {
            rows.Settle();
            var buffer = places[name].Buffer;
            buffers[buffer] = buffers[buffer] with { Tables = [.. buffers[buffer].Tables.Where(table => table != rows)] };
        }
    }

    private void Settle()
    {
        foreach (var rows in tables.Values)
        {
            rows.Settle();
        }
    }

    private IEnumerable<ParameterBuffer> Trainable => buffers.Where(buffer => buffer.Group.Trainable);

    private bool IsActive(ParameterGroup group) => group.Trainable && group.Stage <= stage;

    private void Allocate(ParameterGroup group, IReadOnlyList<ParameterDefinition> members)
    {
        var total = members.Sum(member => member.Count);
        var values = zeros(total, ScalarType.Float32, Device);
        var offset = 0L;
        foreach (var member in members)
        {
            places.Add(member.Name, (buffers.Count, offset));
            tensors.Add(member.Name, values.narrow(0, offset, member.Count).view([.. member.Shape]).detach());
            offset += member.Count;
        }

        var gradients = IsActive(group) ? zeros(total, ScalarType.Float32, Device) : null;
        buffers.Add(new ParameterBuffer(group, values, gradients, []));
        if (gradients is not null)
        {
            Attach(gradients, members);
        }
    }

    private void Attach(Tensor gradients, IReadOnlyList<ParameterDefinition> members)
    {
        var offset = 0L;
        foreach (var member in members)
        {
            var parameter = tensors[member.Name];
            parameter.requires_grad = true;
            // Autograd adds to a gradient that is there, so all gradients end up in one piece of memory.
            parameter.grad = gradients.narrow(0, offset, member.Count).view([.. member.Shape]);
            offset += member.Count;
        }
    }
}
