namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>The instructions of Python's pickle protocol 2 that weights need; named as in Python's <c>pickletools</c>.</summary>
internal enum PickleOpcode : byte
{
    /// <summary>Marks a place on the stack.</summary>
    Mark = (byte)'(',

    /// <summary>Ends the pickle.</summary>
    Stop = (byte)'.',

    /// <summary>Calls a function.</summary>
    Reduce = (byte)'R',

    /// <summary>Sets the state of an object.</summary>
    Build = (byte)'b',

    /// <summary>Names a function or class.</summary>
    Global = (byte)'c',

    /// <summary>Something that lies outside of the pickle: here a storage.</summary>
    BinPersId = (byte)'Q',

    /// <summary>Nothing.</summary>
    None = (byte)'N',

    /// <summary>A signed 32-bit integer.</summary>
    BinInt = (byte)'J',

    /// <summary>An unsigned 8-bit integer.</summary>
    BinInt1 = (byte)'K',

    /// <summary>An unsigned 16-bit integer.</summary>
    BinInt2 = (byte)'M',

    /// <summary>A 64-bit float.</summary>
    BinFloat = (byte)'G',

    /// <summary>Text.</summary>
    BinUnicode = (byte)'X',

    /// <summary>An empty list.</summary>
    EmptyList = (byte)']',

    /// <summary>Adds an item to a list.</summary>
    Append = (byte)'a',

    /// <summary>Adds the items from the mark to a list.</summary>
    Appends = (byte)'e',

    /// <summary>An empty dictionary.</summary>
    EmptyDict = (byte)'}',

    /// <summary>Adds a key and its value to a dictionary.</summary>
    SetItem = (byte)'s',

    /// <summary>Adds the keys and values from the mark to a dictionary.</summary>
    SetItems = (byte)'u',

    /// <summary>An empty tuple.</summary>
    EmptyTuple = (byte)')',

    /// <summary>A tuple of the items from the mark.</summary>
    Tuple = (byte)'t',

    /// <summary>Recalls an object by an 8-bit number.</summary>
    BinGet = (byte)'h',

    /// <summary>Recalls an object by a 32-bit number.</summary>
    LongBinGet = (byte)'j',

    /// <summary>Remembers an object under an 8-bit number.</summary>
    BinPut = (byte)'q',

    /// <summary>Remembers an object under a 32-bit number.</summary>
    LongBinPut = (byte)'r',

    /// <summary>The protocol's number.</summary>
    Proto = 0x80,

    /// <summary>A tuple of one item.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of two items.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of three items.</summary>
    Tuple3 = 0x87,

    /// <summary>True.</summary>
    NewTrue = 0x88,

    /// <summary>False.</summary>
    NewFalse = 0x89,

    /// <summary>An integer of up to 255 bytes.</summary>
    Long1 = 0x8A,
}
