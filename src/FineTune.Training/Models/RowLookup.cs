using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// The rows of a table with given numbers. libtorch's own backward pass makes a gradient as large as the table and adds it to the gradients; this one adds the rows that were looked up,
/// in the same order. The arguments are the table, its <see cref="TableRows"/>, and the numbers, int64, [count].
/// </summary>
internal sealed class RowLookup : autograd.SingleTensorFunction<RowLookup>
{
    private const string Rows = "rows";

    /// <inheritdoc/>
    public override string Name => nameof(RowLookup);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (table, rows, ids) = ((Tensor)vars[0], (TableRows)vars[1], (Tensor)vars[2]);
        rows.Use(TensorMemory.Numbers(ids));
        ctx.save_for_backward([table, ids]);
        ctx.save_data(Rows, rows);
        return table.index_select(0, ids);
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGradients = no_grad();
        using var gradient = grad_output.contiguous();
        var saved = ctx.get_saved_variables();
        using var table = saved[0];
        using var ids = saved[1];
        using var gradients = table.grad!;
        ((TableRows)ctx.get_data(Rows)).AddGradients(TensorMemory.Numbers(ids), TensorMemory.Of(gradient), TensorMemory.Of(gradients));
        return [null!, null!, null!];
    }
}
