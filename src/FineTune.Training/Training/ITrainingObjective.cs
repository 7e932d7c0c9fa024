using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>What a training minimizes: the mean, over all items of a step, of a loss that batches of items can be asked for.</summary>
/// <typeparam name="TBatch">A batch in the task's form.</typeparam>
internal interface ITrainingObjective<in TBatch>
{
    /// <summary>Number of rows in a batch.</summary>
    int CountOf(TBatch batch);

    /// <summary>Sum of the items' weights in a batch; the divisor of the mean. Equal to the count when every item counts the same.</summary>
    double WeightOf(TBatch batch);

    /// <summary>Sum of the items' weighted losses, with gradients.</summary>
    Tensor SummedLoss(TBatch batch);

    /// <summary>Adds the gradients of the last <see cref="SummedLoss"/>, or of what was made of it, to those of the parameters.</summary>
    void Backward(Tensor loss);
}
