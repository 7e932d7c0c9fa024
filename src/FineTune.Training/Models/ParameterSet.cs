using FineTune.Training.Checkpoints;
using FineTune.Training.Strategies;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>The parameters of a model by their Hugging Face names. Each is a view into the memory of its group; so is its gradient.</summary>
internal sealed class ParameterSet : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly List<ParameterBuffer> buffers = [];
    private readonly DisposeScope scope;

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

    /// <summary>Number of parameter values that are trained.</summary>
    public long TrainableCount => Definitions.Where(definition => Groups[definition.Name].Trainable).Sum(definition => definition.Count);

    /// <summary>The parameter with this name.</summary>
    public Tensor this[string name] => tensors[name];

    /// <summary>Whether the parameter is trained.</summary>
    public bool IsTrainable(string name) => Groups[name].Trainable;

    /// <summary>Sets a parameter.</summary>
    public void Write(string name, float[] values)
    {
        using var noGradients = no_grad();
        using var source = tensor(values, tensors[name].shape);
        tensors[name].copy_(source);
    }

    /// <summary>Copies a parameter's values.</summary>
    public float[] Read(string name)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return tensors[name].cpu().data<float>().ToArray();
    }

    /// <summary>Copies all parameters in the form in which weights leave the engine.</summary>
    public IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> ReadAll()
        => [.. Definitions.Select(definition => (new WeightInfo(definition.Name, WeightType.Float32, definition.Shape), (ReadOnlyMemory<float>)Read(definition.Name)))];

    /// <summary>Copies the trained values, to return to them later.</summary>
    public IReadOnlyList<float[]> TakeSnapshot()
    {
        using var scope = NewDisposeScope();
        return [.. Trainable.Select(buffer => buffer.Values.cpu().data<float>().ToArray())];
    }

    /// <summary>Returns to values taken by <see cref="TakeSnapshot"/>.</summary>
    public void Restore(IReadOnlyList<float[]> snapshot)
    {
        using var noGradients = no_grad();
        foreach (var (buffer, values) in Trainable.Zip(snapshot))
        {
            using var source = tensor(values);
            buffer.Values.copy_(source);
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

    private IEnumerable<ParameterBuffer> Trainable => buffers.Where(buffer => buffer.Group.Trainable);

    private void Allocate(ParameterGroup group, IReadOnlyList<ParameterDefinition> members)
    {
        var total = members.Sum(member => member.Count);
        var values = zeros(total, ScalarType.Float32, Device);
        var gradients = group.Trainable ? zeros(total, ScalarType.Float32, Device) : null;
        buffers.Add(new ParameterBuffer(group, values, gradients));
        var offset = 0L;
        foreach (var member in members)
        {
            var shape = member.Shape.ToArray();
            var parameter = values.narrow(0, offset, member.Count).view(shape).detach();
            if (gradients is not null)
            {
                parameter.requires_grad = true;
                // Autograd adds to a gradient that is there, so all gradients end up in one piece of memory.
                parameter.grad = gradients.narrow(0, offset, member.Count).view(shape);
            }

            tensors.Add(member.Name, parameter);
            offset += member.Count;
        }
    }
}
