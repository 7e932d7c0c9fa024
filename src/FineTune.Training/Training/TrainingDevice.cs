using FineTune.Core.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>Chooses where to train.</summary>
internal static class TrainingDevice
{
    /// <summary>The device that an option names: <c>Auto</c> takes the first graphics processor that libtorch can use, else the processor.</summary>
    /// <exception cref="FineTuneException">FT3006: the device does not exist here.</exception>
    public static Device Of(string option)
    {
        var parts = option.Split(':');
        switch (parts[0].ToUpperInvariant())
        {
            case "AUTO":
                return cuda.is_available() ? CUDA : CPU;
            case "CPU":
                return CPU;
            default:
                var index = parts.Length > 1 && int.TryParse(parts[1], out var number) ? number : 0;
                return cuda.is_available() && index < cuda.device_count()
                    ? new Device(DeviceType.CUDA, index)
                    : throw new FineTuneException("FT3006", $"Device '{option}' is not usable: libtorch sees {(cuda.is_available() ? cuda.device_count() : 0)} CUDA devices. Use Device Auto or Cpu, or install a CUDA build of libtorch with `dotnet finetune setup --cuda`.");
        }
    }
}
