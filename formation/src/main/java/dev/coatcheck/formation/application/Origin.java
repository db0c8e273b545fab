package dev.coatcheck.formation.application;

/** Where the value of a variable comes from, and so whether it may be shown. */
public enum Origin {
    /** A value in {@code app.json}: in the repository, so no secret. */
    APP_JSON,

    /** {@code .env}, or the environment of whoever starts it: it may be a secret. */
    OUTSIDE,

    /** Made up, because {@code app.json} asks for a generated secret and nothing sets one. */
    GENERATED,

    /** It says where a backing service is and how to log in there, whatever sets it. */
    SERVICE,

    /** Required by {@code app.json}, and set nowhere. */
    NOWHERE
}
