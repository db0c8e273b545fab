package dev.coatcheck.servlet;

import java.io.IOException;

/** A response that is held back until something was done about it. */
interface HeldResponse {

    /** Called when the application is done: everything is passed on. */
    void finish() throws IOException;

    /** Called before the application goes on elsewhere, where what was held may be passed on. */
    void release() throws IOException;
}
