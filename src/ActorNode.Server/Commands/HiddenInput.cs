using System.Text;

namespace ActorNode.Server.Commands;

/// <summary>Reads a line from the terminal without showing it.</summary>
internal static class HiddenInput
{
    /// <summary>The line. The prompt goes to standard error, so that results stay alone on standard output.</summary>
    /// <exception cref="OperationCanceledException">Ctrl-C was typed.</exception>
    public static string Read(string prompt)
    {
        Console.Error.Write(prompt);
        // As a signal it would be heard of only after the line.
        Console.TreatControlCAsInput = true;
        try
        {
            return ReadLine();
        }
        finally
        {
            Console.TreatControlCAsInput = false;
            Console.Error.WriteLine();
        }
    }

    private static string ReadLine()
    {
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
                throw new OperationCanceledException();
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }

        return text.ToString();
    }
}
