package dev.coatcheck.state.jobs;

/** Does the work of one job. Called on a virtual thread of its own. */
@FunctionalInterface
public interface JobHandler {
    /**
     * Does the work; returning means that it is done.
     *
     * @throws Exception of any kind where the attempt failed. After an interrupt by the worker, which is being stopped
     *     or has lost the job, whatever is thrown is no failure: the job is given back and the attempt does not count
     */
    void run(Execution execution) throws Exception;
}
