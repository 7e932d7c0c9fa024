namespace FineTune.Training.Training;

/// <summary>Draws the steps of a training and tells its observers what happens. What a step is and what an evaluation is, others decide.</summary>
internal static class TrainingLoop
{
    /// <summary>Runs until the steps are over or an observer wants to end.</summary>
    /// <param name="steps">The steps, each done when it is drawn.</param>
    /// <param name="stepsDone">Steps that were done before, when an interrupted training goes on.</param>
    /// <param name="isEvaluationDue">Whether the validation rows are evaluated after a step.</param>
    /// <param name="evaluate">Evaluates them.</param>
    /// <param name="observers">Who is told.</param>
    /// <param name="cancellation">Cancels between two steps, and within an evaluation.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static int Run(
        IEnumerable<TrainingStep> steps,
        int stepsDone,
        Func<int, bool> isEvaluationDue,
        Func<int, TrainingEvaluation> evaluate,
        IReadOnlyList<ITrainingObserver> observers,
        CancellationToken cancellation)
    {
        try
        {
            // An interrupted training may have been interrupted before its last step's evaluation.
            if (isEvaluationDue(stepsDone))
            {
                Tell(observer => observer.OnEvaluation, evaluate(stepsDone));
                Tell(observer => observer.OnSettled, stepsDone);
            }

            using var sequence = steps.GetEnumerator();
            while (!observers.Any(observer => observer.WantsToEnd) && sequence.MoveNext())
            {
                stepsDone = sequence.Current.Number;
                Tell(observer => observer.OnStep, sequence.Current);
                if (isEvaluationDue(stepsDone))
                {
                    Tell(observer => observer.OnEvaluation, evaluate(stepsDone));
                }

                Tell(observer => observer.OnSettled, stepsDone);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            Tell(observer => observer.OnCancelled, stepsDone);
            throw;
        }

        foreach (var observer in observers)
        {
            observer.OnEnd();
        }

        return stepsDone;

        void Tell<T>(Func<ITrainingObserver, Action<T>> what, T value)
        {
            foreach (var observer in observers)
            {
                what(observer)(value);
            }
        }
    }
}
