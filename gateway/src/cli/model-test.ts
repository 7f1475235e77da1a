export const modelTestCommand = async (): Promise<2> => 2;
