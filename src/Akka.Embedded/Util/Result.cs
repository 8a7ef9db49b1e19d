namespace Akka.Util;

/// <summary>A value or the exception in its place.</summary>
public readonly struct Result<T> : IEquatable<Result<T>>
{
    public readonly bool IsSuccess;
    public readonly T Value;
    public readonly Exception Exception;

    public Result(T value)
    {
        IsSuccess = true;
        Value = value;
        Exception = null!;
    }

    public Result(Exception exception)
    {
        IsSuccess = false;
        Value = default!;
        Exception = exception;
    }

    public static bool operator ==(Result<T> left, Result<T> right) => left.Equals(right);

    public static bool operator !=(Result<T> left, Result<T> right) => !left.Equals(right);

    public bool Equals(Result<T> other) => IsSuccess == other.IsSuccess && EqualityComparer<T>.Default.Equals(Value, other.Value)
        && Equals(Exception, other.Exception);

    public override bool Equals(object? obj) => obj is Result<T> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(IsSuccess, Value, Exception);

    public override string ToString() => IsSuccess ? $"Success ({Value})" : $"Failure ({Exception})";
}

public static class Result
{
    public static Result<T> Success<T>(T value) => new(value);

    public static Result<T> Failure<T>(Exception exception) => new(exception);

    /// <summary>Of a task that has ended.</summary>
    public static Result<T> FromTask<T>(Task<T> task) => task.IsCanceled || task.IsFaulted
        ? Failure<T>(task.Exception ?? (Exception)new TaskCanceledException(task))
        : Success(task.Result);

    public static Result<T> From<T>(Func<T> func)
    {
        ArgumentNullException.ThrowIfNull(func);
        try
        {
            return Success(func());
        }
        catch (Exception e)
        {
            return Failure<T>(e);
        }
    }
}
