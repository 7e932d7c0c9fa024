using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// Gradient checkpointing (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016): of each layer that is trained only the input is kept, and the layer is computed
/// once more when the backward pass comes to it. On a processor the gradients are the same, bit for bit; those of parameters that several parts share are summed in another
/// order.
/// </summary>
/// <param name="dropout">Random numbers for dropout, which a layer gets again; <see langword="null"/> for none.</param>
internal sealed class LayerCheckpoints(Dropout? dropout)
{
    private readonly Stack<Checkpoint> checkpoints = new();
    private (Tensor Made, Tensor Given)? distances;

    /// <summary>Computes a layer, in a dispose scope of its own, and forgets everything but its input and output.</summary>
    /// <param name="compute">The layer, from hidden states and what all layers are told of distances.</param>
    /// <param name="hidden">[rows × tokens, hidden]</param>
    /// <param name="distancesMade">What all layers are told of distances; <see langword="null"/> for nothing.</param>
    public Tensor Run(Func<Tensor, Tensor?, Tensor> compute, Tensor hidden, Tensor? distancesMade)
    {
        if (distancesMade is not null && distances is null)
        {
            // One backward pass for what all layers read: here the gradients of all of them come together.
            distances = (distancesMade, distancesMade.detach().requires_grad_(distancesMade.requires_grad).MoveToOuterDisposeScope());
        }

        var state = dropout?.State ?? 0;
        Tensor output;
        using (no_grad())
        {
            output = compute(hidden, distances?.Given);
        }

        output = output.detach().requires_grad_();
        checkpoints.Push(new Checkpoint(compute, hidden, output, state));
        return output;
    }

    /// <summary>Goes on with the backward pass where that of what is above the layers ended.</summary>
    public void Backward()
    {
        var state = dropout?.State ?? 0;
        while (checkpoints.TryPop(out var checkpoint))
        {
            using var scope = NewDisposeScope();
            SetState(checkpoint.DropoutState);
            Compute(checkpoint).backward([checkpoint.Output.grad!]);
            checkpoint.Output.Dispose();
        }

        SetState(state);
        if (distances is { } shared && shared.Given.grad is { } gradient)
        {
            shared.Made.backward([gradient]);
        }

        distances = null;
    }

    /// <summary>The output with its history, which keeps what the backward pass needs and nothing else.</summary>
    private Tensor Compute(Checkpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(checkpoint.Compute(checkpoint.Hidden, distances?.Given));
    }

    private void SetState(ulong state)
    {
        if (dropout is not null)
        {
            dropout.State = state;
        }
    }

    /// <param name="Compute">The layer.</param>
    /// <param name="Hidden">Its input.</param>
    /// <param name="Output">Its output, without a history; the backward pass of what is above leaves its gradient there.</param>
    /// <param name="DropoutState">Where the random numbers stood before it.</param>
    private sealed record Checkpoint(Func<Tensor, Tensor?, Tensor> Compute, Tensor Hidden, Tensor Output, ulong DropoutState);
}
