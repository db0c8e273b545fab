package dev.coatcheck.prove.report;

record SilentProgress() implements Progress {
    @Override
    public void phase(String name) {}

    @Override
    public void ended(String how) {}

    @Override
    public void run(String purpose, int number, int of) {}

    @Override
    public void step(int number, int of, String request) {}

    @Override
    public void note(String sentence) {}

    @Override
    public void close() {}
}
