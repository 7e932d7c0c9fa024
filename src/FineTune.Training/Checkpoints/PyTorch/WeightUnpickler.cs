using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>
/// Reads the pickle of a PyTorch file. A pickle is a program for a stack machine that can call any function of Python; this machine knows only the
/// instructions and the names that a dictionary of tensors needs, refuses a file at the first other one, and runs none of its code. Python's
/// documentation: https://docs.python.org/3/library/pickletools.html.
/// </summary>
internal sealed class WeightUnpickler
{
    private const int Protocol = 2;

    // Far above any model (a tensor takes about 25), and few enough for any machine's memory.
    private const int MostValues = 4_000_000;

    private readonly PyTorchErrors errors;
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private int valueCount;

    private WeightUnpickler(PyTorchErrors errors) => this.errors = errors;

    /// <summary>How many values lie below the last mark, out of reach.</summary>
    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    /// <summary>Reads a pickle.</summary>
    /// <returns>
    /// <see langword="null"/>, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, <see cref="StoredTensor"/>, <see cref="TensorStorage"/>, <see cref="PickleGlobal"/>,
    /// a tuple as an array, a list as a <see cref="List{T}"/>, or a dictionary with texts as keys.
    /// </returns>
    /// <exception cref="FineTuneException">FT2033: it asks for something else; FT2034: it is damaged; FT2032: it is of another protocol.</exception>
    public static object? Read(ReadOnlySpan<byte> pickle, PyTorchErrors errors)
    {
        var reader = new PickleReader(pickle, errors);
        var value = ReadNext(ref reader, errors);
        return reader.Remaining == 0 ? value : throw errors.Damaged("its pickle does not end where it should");
    }

    /// <summary>Reads a pickle that others may follow.</summary>
    /// <param name="reader">Stands before the pickle, and afterwards behind it.</param>
    /// <param name="errors">Makes the errors.</param>
    /// <returns>As <see cref="Read"/>.</returns>
    /// <exception cref="FineTuneException">As <see cref="Read"/>.</exception>
    public static object? ReadNext(ref PickleReader reader, PyTorchErrors errors) => new WeightUnpickler(errors).Run(ref reader);

    private object? Run(ref PickleReader reader)
    {
        while (true)
        {
            var instruction = (PickleOpcode)reader.Byte();
            switch (instruction)
            {
                case PickleOpcode.Proto:
                    CheckProtocol(reader.Byte());
                    break;
                case PickleOpcode.Stop:
                    var result = Pop();
                    return stack.Count == 0 && marks.Count == 0 ? result : throw errors.Damaged("its pickle does not end where it should");
                case PickleOpcode.None:
                    Push(null);
                    break;
                case PickleOpcode.NewTrue:
                    Push(true);
                    break;
                case PickleOpcode.NewFalse:
                    Push(false);
                    break;
                case PickleOpcode.BinInt:
                    Push((long)reader.Int32());
                    break;
                case PickleOpcode.BinInt1:
                    Push((long)reader.Byte());
                    break;
                case PickleOpcode.BinInt2:
                    Push((long)reader.UInt16());
                    break;
                case PickleOpcode.Long1:
                    Push(reader.LongInteger());
                    break;
                case PickleOpcode.BinFloat:
                    Push(reader.Double());
                    break;
                case PickleOpcode.BinUnicode:
                    Push(reader.Text());
                    break;
                case PickleOpcode.BinPut:
                    memo[reader.Byte()] = Top();
                    break;
                case PickleOpcode.LongBinPut:
                    memo[reader.UInt32()] = Top();
                    break;
                case PickleOpcode.BinGet:
                    Push(Recall(reader.Byte()));
                    break;
                case PickleOpcode.LongBinGet:
                    Push(Recall(reader.UInt32()));
                    break;
                case PickleOpcode.Global:
                    Push(Find(reader.Line(), reader.Line()));
                    break;
                default:
                    Combine(instruction);
                    break;
            }
        }
    }

    /// <summary>The instructions that have all they need on the stack.</summary>
    private void Combine(PickleOpcode instruction)
    {
        switch (instruction)
        {
            case PickleOpcode.Mark:
                Count();
                marks.Add(stack.Count);
                break;
            case PickleOpcode.EmptyList:
                Push(new List<object?>());
                break;
            case PickleOpcode.Append:
                var item = Pop();
                Top<List<object?>>("a list").Add(item);
                break;
            case PickleOpcode.Appends:
                var items = PopToMark();
                Top<List<object?>>("a list").AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                Push(NewDictionary());
                break;
            case PickleOpcode.SetItem:
                SetItems(Pop(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;
            case PickleOpcode.EmptyTuple:
                Push(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1:
                Push(Pop(1));
                break;
            case PickleOpcode.Tuple2:
                Push(Pop(2));
                break;
            case PickleOpcode.Tuple3:
                Push(Pop(3));
                break;
            case PickleOpcode.Tuple:
                Push(PopToMark());
                break;
            case PickleOpcode.BinPersId:
                Push(StorageOf(Pop()));
                break;
            case PickleOpcode.Reduce:
                var arguments = Pop();
                Push(Call(Pop(), arguments));
                break;
            case PickleOpcode.Build:
                // A state_dict carries versions of its modules as an attribute.
                _ = Pop() as Dictionary<string, object?> ?? throw errors.Damaged("its pickle sets a state that is no dictionary");
                Top<Dictionary<string, object?>>("a dictionary");
                break;
            default:
                throw errors.Refused($"the pickle instruction 0x{(byte)instruction:X2}");
        }
    }

    private static Dictionary<string, object?> NewDictionary() => new(StringComparer.Ordinal);

    private void CheckProtocol(byte protocol)
    {
        if (protocol != Protocol)
        {
            throw errors.OtherFormat($"This file was written with pickle protocol {protocol}; supported is {Protocol}, which torch.save takes unless it is told otherwise. Save the model again without 'pickle_protocol'.");
        }
    }

    private PickleGlobal Find(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        return global.IsNeeded ? global : throw errors.Refused($"'{global}'");
    }

    private object? Call(object? function, object? arguments) => (function, arguments) switch
    {
        (PickleGlobal global, object?[] { Length: 0 }) when global == PickleGlobal.OrderedDictionary => NewDictionary(),
        (PickleGlobal global, object?[] { Length: 6 or 7 } values) when global == PickleGlobal.RebuildTensor && values is [TensorStorage storage, long offset, object?[] shape, object?[] strides, ..]
            => new StoredTensor(storage, offset, Integers(shape), Integers(strides)),
        (PickleGlobal global, object?[] { Length: 3 } values) when global == PickleGlobal.RebuildParameter && values[0] is StoredTensor tensor => tensor,
        (PickleGlobal global, _) => throw errors.Damaged($"its pickle calls '{global}' with something that it does not take"),
        _ => throw errors.Damaged("its pickle calls something that is no function"),
    };

    // Before PyTorch 1.6 a sixth value could make a storage a part of another one; torch has not written such parts since 0.4.
    private TensorStorage StorageOf(object? id) => id is object?[] and ["storage", PickleGlobal { StorageType: { } type }, string key, string, long count, .. { Length: 0 } or [null]]
        ? new TensorStorage(key, type, count)
        : throw errors.Damaged("its pickle names a storage in another way than torch does");

    private long[] Integers(object?[] values)
        => Array.TrueForAll(values, value => value is long) ? Array.ConvertAll(values, value => (long)value!) : throw errors.Damaged("the shape of a tensor in its pickle holds something else than integers");

    private void SetItems(object?[] items)
    {
        var dictionary = Top<Dictionary<string, object?>>("a dictionary");
        if (items.Length % 2 != 0)
        {
            throw errors.Damaged("a dictionary in its pickle has a key without a value");
        }

        for (var index = 0; index < items.Length; index += 2)
        {
            var key = items[index] as string ?? throw errors.Damaged("a dictionary in its pickle has a key that is not a text");
            if (!dictionary.TryAdd(key, items[index + 1]))
            {
                throw errors.Damaged($"'{key}' occurs twice in a dictionary of its pickle");
            }
        }
    }

    private void Push(object? value)
    {
        Count();
        stack.Add(value);
    }

    private void Count()
    {
        if (++valueCount > MostValues)
        {
            throw errors.Damaged($"its pickle makes more than {MostValues} values");
        }
    }

    private object? Recall(uint number) => memo.TryGetValue(number, out var value) ? value : throw errors.Damaged("its pickle recalls something that it has not remembered");

    /// <summary>The topmost value above the last mark.</summary>
    private object? Top() => stack.Count > Floor ? stack[^1] : throw errors.Damaged("its pickle takes a value where there is none");

    private T Top<T>(string what)
        where T : class => Top() as T ?? throw errors.Damaged($"its pickle adds something to a value that is not {what}");

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count)
    {
        if (stack.Count - Floor < count)
        {
            throw errors.Damaged("its pickle takes a value where there is none");
        }

        var values = new object?[count];
        stack.CopyTo(stack.Count - count, values, 0, count);
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw errors.Damaged("its pickle goes back to a mark that it has not set");
        }

        var values = Pop(stack.Count - Floor);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }
}
