namespace LrcnLab.Web.Hosting;

/// <summary>Who asks. Without accounts only this machine is answered, so it is whoever runs the program here.</summary>
public static class LocalPerson
{
    public static string Name => Environment.UserName;
}
