/** Version of every JSON document that dtmm prints: it rises when a field changes its meaning or leaves. */
export const schemaVersion = 1;
